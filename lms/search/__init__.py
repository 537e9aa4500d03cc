"""One search for the whole site: what the plugins find, limited to what somebody may see."""
