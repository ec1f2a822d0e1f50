"""Who acts, with which rights, when and through which door. No tables."""
