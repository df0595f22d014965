-- Sorting written in Lua: quicksort, merge sort and insertion sort over arrays of integers.
local n = tonumber((...)) or 220000

local seed = 11
local function random()
  seed = (seed * 16807) % 2147483647
  return seed
end
local function numbers(count)
  local t = {}
  for i = 1, count do t[i] = random() end
  return t
end

local function quicksort(t, low, high)
  while low < high do
    local pivot = t[(low + high) // 2]
    local i, j = low, high
    while i <= j do
      while t[i] < pivot do i = i + 1 end
      while t[j] > pivot do j = j - 1 end
      if i <= j then
        t[i], t[j] = t[j], t[i]
        i, j = i + 1, j - 1
      end
    end
    if j - low < high - i then
      quicksort(t, low, j)
      low = i
    else
      quicksort(t, i, high)
      high = j
    end
  end
end

local function merge_sort(t)
  local size, width = #t, 1
  local from, to = t, {}
  while width < size do
    for start = 1, size, 2 * width do
      local left, right = start, start + width
      local left_end, right_end = math.min(right, size + 1), math.min(start + 2 * width, size + 1)
      for k = start, right_end - 1 do
        if left < left_end and (right >= right_end or from[left] <= from[right]) then
          to[k] = from[left]
          left = left + 1
        else
          to[k] = from[right]
          right = right + 1
        end
      end
    end
    from, to = to, from
    width = width * 2
  end
  return from
end

local function insertion_sort(t)
  for i = 2, #t do
    local v, j = t[i], i - 1
    while j > 0 and t[j] > v do
      t[j + 1] = t[j]
      j = j - 1
    end
    t[j + 1] = v
  end
end

local a, b, c = numbers(n), numbers(n), numbers(math.max(2, n // 80))
quicksort(a, 1, #a)
b = merge_sort(b)
insertion_sort(c)
for i = 2, n do assert(a[i - 1] <= a[i] and b[i - 1] <= b[i]) end
for i = 2, #c do assert(c[i - 1] <= c[i]) end
print("quicksort", a[1], a[n // 2], b[1], b[n // 2], c[1], c[#c])
