"""Work that one plugin hands out and another offers to take: shown row by row, chosen, confirmed, taken back.

``pieces`` has what plugins hand each other, ``preview`` compares it with what the taker has, ``services`` takes and
takes back, ``listing`` tells which offers there are and where something came from.
"""
