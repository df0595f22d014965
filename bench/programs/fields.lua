-- Reading and writing named fields of small records.
local n = tonumber((...)) or 700000

local function particle(i)
  return { x = i, y = -i, vx = 1, vy = 2, alive = true, age = 0 }
end

local count = 20
local particles = {}
for i = 1, count do particles[i] = particle(i) end

local bounds = { left = -500, right = 500, top = 400, bottom = -400 }
for _ = 1, n // count * 4 do
  for i = 1, count do
    local p = particles[i]
    p.x = p.x + p.vx
    p.y = p.y + p.vy
    if p.x > bounds.right or p.x < bounds.left then p.vx = -p.vx end
    if p.y > bounds.top or p.y < bounds.bottom then p.vy = -p.vy end
    p.age = p.age + 1
  end
end

local sx, sy, age = 0, 0, 0
for i = 1, count do
  local p = particles[i]
  sx, sy, age = sx + p.x, sy + p.y, age + p.age
end
print("fields", sx, sy, age)
