"""At most once: the ids of acts already carried out, and their results."""
