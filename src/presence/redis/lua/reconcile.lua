-- ARGV: 4 node, 5 grace, 6 stale, then for each attachment that the node holds: peer, connection, attempt
-- Returns {change, peers whose attachment is not the stored one, number of members}.
prune()
local node, grace, stale = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local own, silent = nodes[node], {}

-- A digest of the attachments that the node holds and of the room's version. While it is the same as when everything
-- was correct, everything still is: a lost or away member would have made a new version. Silent nodes are checked
-- separately, because they make no version.
local function digest()
  return string.sub(redis.sha1hex(table.concat({ epoch, version, table.concat(ARGV, '\0', 7) }, '\0')), 1, 16)
end

-- If this node missed reconciliations itself, the store may have been unreachable for all nodes: then none counts as
-- silent, and their times start again.
if own then
  if now - own[2] > stale / 2 then
    for _, entry in pairs(nodes) do entry[2] = now end
    own[3] = nil
  else
    silent = silent_nodes(stale)
  end
  own[2] = now
  if not next(silent) and own[3] and own[3] == digest() then return { finish(), {}, count() } end
end

local held, stray = {}, false
for i = 7, #ARGV, 3 do held[ARGV[i]] = ARGV[i + 1] end
local list, stored = load_all(), {}
local wait = settle(list, function(peer, member)
  local age = now - member[SINCE]
  if member[NODE] ~= node then return age > stale and silent[member[NODE]] end
  if held[peer] == member[CONNECTION] then return false end
  stray = true
  return age > grace
end)
for _, entry in ipairs(list) do stored[entry.peer] = entry.member end

local lost = {}
for i = 7, #ARGV, 3 do
  local member = stored[ARGV[i]]
  local kept = member and member[STATE] == 'on' and member[NODE] == node and member[CONNECTION] == ARGV[i + 1]
    and member[ATTEMPT] == ARGV[i + 2]
  if not kept then lost[#lost + 1] = ARGV[i] end
end
if own then own[3] = wait == TTL and not stray and #lost == 0 and digest() or nil end
return { finish(), lost, count() }
