-- A pattern that recurses for each character.
-- expect: error runtime: pattern too complex
string.find(("a"):rep(300000), ("a?"):rep(300000) .. "b")
