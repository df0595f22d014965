-- Also in a result.
-- expect: held
-- elsewhere: return save({}) == false and "held"
result = {__proto__ = {polluted = "yes"}}
return "held"
