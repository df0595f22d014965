-- A key called __proto__ is only a key on the other side.
-- expect: held
return save({__proto__ = {polluted = "yes"}, constructor = {prototype = {polluted = "yes"}}}) == false and "held"
