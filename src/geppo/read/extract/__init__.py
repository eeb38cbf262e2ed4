"""One module or package for each kind of thing that is found in a text."""
