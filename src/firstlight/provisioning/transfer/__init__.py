"""Import and export of the registry: what a file says, and what a file would say.

JSON is the shape in which a bundle is handed out; CSV is what a spreadsheet understands.
"""
