"""The bench: what a page of Leerplein costs, beside a bare Flask page of the same server (`python3 dev.py bench`)."""
