-- Also in an error value.
-- expect: error runtime: 
-- elsewhere: return save({}) == false and "held"
error({__proto__ = {polluted = "yes"}})
