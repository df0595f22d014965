-- A host function gets no `this` from a script.
-- expect: held
return ({f = this}).f() == true and this(object) == true and "held"
