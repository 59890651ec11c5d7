"""Which words of the rule files no case protects: each is changed alone, and somebody must notice."""
