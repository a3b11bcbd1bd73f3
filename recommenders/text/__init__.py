"""Text as it arrives, made readable: cleaning, sentences, language, redaction, mentions."""
