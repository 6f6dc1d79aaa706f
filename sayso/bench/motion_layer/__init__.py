"""Whether the motion layer earns its place: words, class numbers and no motion, from the same few demonstrations."""
