"""Results become text and JSON, in both languages. Nothing here computes a result, prints, or asks a cloud."""
