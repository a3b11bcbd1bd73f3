"""Finding cases: the encoder, dense and lexical search, their fusion, the index and the similar cases."""
