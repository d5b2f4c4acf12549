-- The common beginning of every room script.
-- KEYS: 1 the room, 2 its tombstones.   ARGV: 1 time to live, 2 tombstone, 3 resume window (ms), then the script's own.
--
-- The room is one hash, so that it has one time to live and one command reads it:
--   e epoch · v version · o order of the last peer that joined
--   n nodes as JSON {node: [members, time of its last reconciliation, digest of the last one that found no fault]}
--   r the replication id of the server at the last write
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

-- A promoted replica or a restarted server may lack the last writes. It could then assign versions that clients have
-- seen to other changes, so the room gets a new epoch. Redis changes its replication id at each promotion and restart
-- (the run id survives a promotion). The time in the digest makes the epoch unique, even if the same old state comes
-- back twice.
local replication = redis.pcall('INFO', 'replication')
-- A plain search and an anchored match take a tenth of the time of one unanchored pattern.
local _, last = string.find(type(replication) == 'string' and replication or '', 'master_replid:', 1, true)
local reign = last and string.match(replication, '^%x+', last + 1) or ''
if epoch ~= '' and header[5] ~= reign then
  epoch = string.sub(redis.sha1hex(table.concat({ epoch, reign, time[1], time[2] }, '\0')), 1, 12)
end

-- The nodes to notify: those with a member before the change, and those that attach one now.
local told = {}
for node in pairs(nodes) do told[node] = true end

-- Scripts that do not make a room larger call this first. When Redis is out of memory, it refuses a script whose first
-- write may use more memory; this one never does, so these scripts still run. Scripts that make a room larger must be
-- refused.
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

-- Returns all members in the order of joining.
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

-- Adds a tombstone. Call it before removing the member, so that the peer cannot be attached again.
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

-- Lists the nodes that have not reconciled this room for `stale` ms: they no longer hold a peer here, because their
-- detach was lost, or an attach was executed after its caller had given up.
local function silent_nodes(stale)
  local found = {}
  for node, entry in pairs(nodes) do
    if now - entry[2] > stale then found[node] = true end
  end
  return found
end

-- Ends the members that are away beyond the resume window, and marks those as away for which `is_lost(peer, member)` is
-- true. Returns the milliseconds until the next sweep: TTL if no member is away, -1 if the room is empty.
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

-- Writes the header and returns {epoch, version, events, nodes to notify}.
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
