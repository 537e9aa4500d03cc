"""The plugins of this checkout, one folder each; ``lms.registry.discover`` finds them. They never import each other."""
