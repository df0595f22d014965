-- Bytes above 127 in a message about the token near an error.
"Ã©ÿ" --[[]]
