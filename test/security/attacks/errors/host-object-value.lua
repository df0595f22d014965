-- A host object as error value comes back as itself.
-- expect: error runtime: 
error(object)
