"""The words of geppo as frozen types. No I/O, no parsing, no imports from other parts."""
