"""The training of the words model: corpus, network, export and evaluation."""
