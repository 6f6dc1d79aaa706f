"""How the reader is trained: pairs written by hand, what is made of them, the network, its export and its scores."""
