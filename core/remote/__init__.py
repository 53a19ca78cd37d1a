"""A client of a locant server: `locant.connect(url)`, with the methods and the records of a local index."""
