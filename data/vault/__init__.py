"""The encrypted file: frames, keys, circles, records, and TinyDB on top. FORMAT.md describes every byte."""
