-- Also beside array elements, nested, and as a Map's key.
-- expect: held
return save({1, 2, __proto__ = {polluted = "yes"}}) == false and save({{{__proto__ = {polluted = "yes"}}}}) == false
  and save({[1.5] = 1, __proto__ = {polluted = "yes"}}) == false and "held"
