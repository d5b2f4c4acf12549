-- The common head of every script of a room.
-- KEYS: 1 the room, 2 its tombstones.   ARGV: 1 time to live, 2 tombstone, 3 resume window (ms), then the script's own.
--
-- The room is one hash, so that it has one time to live and is read in one go:
--   e epoch · v version · o order of the last who joined
--   n nodes as JSON {node: [members, when it reconciled last, digest of what it held when all was well]}
--   r the replication id of the server that wrote it last
--   m:PEER a member as a JSON array of the fields below
-- Times are milliseconds by the clock of the Redis that has the room.
local ROOM, ENDED = KEYS[1], KEYS[2]
local TTL, TOMBSTONE, WINDOW = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local USER, NAME, ROLE, META, STATE, ORDER, NODE, CONNECTION, ATTEMPT, SINCE, DEADLINE = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
local MAX_TOMBSTONES = 10000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local header = redis.call('HMGET', ROOM, 'e', 'v', 'o', 'n', 'r')
local epoch = header[1] or ''
local version = tonumber(header[2] or 0)
local order = tonumber(header[3] or 0)
local nodes = header[4] and cjson.decode(header[4]) or {}
local events = {}

-- A promoted replica, or a restarted server, may have less than the server before it: writes that were not replicated,
-- or a room that was begun again and is the old one once more. Versions of this epoch that clients have seen may then
-- come again with other changes, so the epoch ends. Redis draws a new replication id at each promotion and each
-- restart (the run id stays through a promotion), and the time makes the new epoch one that was never used, even if a
-- copy comes back twice to the same state.
local replication = redis.pcall('INFO', 'replication')
-- A plain search and an anchored match: a tenth of one pattern's time.
local _, last = string.find(type(replication) == 'string' and replication or '', 'master_replid:', 1, true)
local reign = last and string.match(replication, '^%x+', last + 1) or ''
if epoch ~= '' and header[5] ~= reign then
  epoch = string.sub(redis.sha1hex(table.concat({ epoch, reign, time[1], time[2] }, '\0')), 1, 12)
end

-- The nodes to tell: those with a member before, and those that attach one now.
local told = {}
for node in pairs(nodes) do told[node] = true end

-- To be called first by what makes a room smaller or keeps it as it is: Redis without memory refuses a script's first
-- write if it may grow something, and this one may not. What makes a room larger must be refused then.
local function prune()
  redis.call('ZREMRANGEBYSCORE', ENDED, '-inf', now)
end

local function count()
  local members = 0
  for _, entry in pairs(nodes) do members = members + entry[1] end
  return members
end

local function load(peer)
  local text = redis.call('HGET', ROOM, 'm:' .. peer)
  return text and cjson.decode(text) or nil
end

local function save(peer, member)
  redis.call('HSET', ROOM, 'm:' .. peer, cjson.encode(member))
end

-- All members, in the order of joining.
local function load_all()
  local fields, list = redis.call('HGETALL', ROOM), {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'm:' then
      list[#list + 1] = { peer = string.sub(fields[i], 3), member = cjson.decode(fields[i + 1]) }
    end
  end
  table.sort(list, function(a, b) return a.member[ORDER] < b.member[ORDER] end)
  return list
end

local function enter(node)
  local entry = nodes[node]
  nodes[node] = { (entry and entry[1] or 0) + 1, entry and entry[2] or now }
  told[node] = true
end

local function depart(node)
  local entry = nodes[node]
  if not entry then return end
  if entry[1] <= 1 then nodes[node] = nil else entry[1] = entry[1] - 1 end
end

local function push(list, ...)
  for _, value in ipairs({ ... }) do list[#list + 1] = value end
end

local function event(kind, peer, detail)
  push(events, kind, peer, detail or '')
  version = version + 1
end

local function put_away(peer, member)
  member[STATE] = 'away'
  member[DEADLINE] = now + WINDOW
  save(peer, member)
  event('away', peer)
end

-- Tombstone first: whatever comes after this line cannot bring the peer back.
local function bury(peer)
  redis.call('ZADD', ENDED, now + TOMBSTONE, peer)
  redis.call('ZREMRANGEBYRANK', ENDED, 0, -MAX_TOMBSTONES - 1)
  redis.call('PEXPIRE', ENDED, TOMBSTONE)
end

local function finish_member(peer, member, reason)
  bury(peer)
  redis.call('HDEL', ROOM, 'm:' .. peer)
  depart(member[NODE])
  event('left', peer, reason)
end

-- A node that has not reconciled this room for `stale` holds nothing here any more: it forgot the room, because
-- the word of a lost socket never arrived, or an attach was done after its caller had given up on it.
local function silent_nodes(stale)
  local found = {}
  for node, entry in pairs(nodes) do
    if now - entry[2] > stale then found[node] = true end
  end
  return found
end

-- Of these members, ends those that are away for too long, and puts away those for whom `is_lost(peer, member)` is true.
-- Answers in how many milliseconds somebody must look again: TTL when nobody is away, -1 when the room is empty.
local function settle(list, is_lost)
  local nearest
  for _, entry in ipairs(list) do
    local member = entry.member
    if member[STATE] == 'on' then
      if is_lost(entry.peer, member) then put_away(entry.peer, member) end
    elseif member[DEADLINE] <= now then
      finish_member(entry.peer, member, 'expired')
      member[STATE] = 'gone'
    end
    if member[STATE] == 'away' then
      nearest = math.min(nearest or member[DEADLINE], member[DEADLINE])
    end
  end
  if count() == 0 then return -1 end
  return nearest and nearest - now or TTL
end

-- Writes the header, and answers {epoch, version, events, nodes to be told}.
local function finish()
  if count() == 0 then
    redis.call('DEL', ROOM)
  else
    local changed = { 'n', cjson.encode(nodes) }
    if #events > 0 then push(changed, 'v', version, 'o', order) end
    if epoch ~= header[1] or reign ~= header[5] then push(changed, 'e', epoch, 'r', reign) end
    redis.call('HSET', ROOM, unpack(changed))
    redis.call('PEXPIRE', ROOM, TTL)
  end
  local names = {}
  for node in pairs(told) do names[#names + 1] = node end
  return { epoch, version, events, names }
end
