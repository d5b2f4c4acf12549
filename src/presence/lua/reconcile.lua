-- ARGV: 4 node, 5 grace, 6 stale, then for each attachment that the node holds: peer, connection, attempt
-- Answers {change, peers that are held and not stored so, number of members}.
prune()
local node, grace, stale = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local held = {}
for i = 7, #ARGV, 3 do held[ARGV[i]] = ARGV[i + 1] end

-- Only a node that was here itself all the time may say that others were not: when the store could not be reached
-- for a while, everybody was silent, and everybody's time starts again.
local own, silent = nodes[node], {}
if own then
  if now - own[2] > stale / 2 then
    for _, entry in pairs(nodes) do entry[2] = now end
  else
    silent = silent_nodes(stale)
  end
  own[2] = now
end
settle(function(peer, member)
  local age = now - member[SINCE]
  if member[NODE] == node then return age > grace and held[peer] ~= member[CONNECTION] end
  return age > stale and silent[member[NODE]]
end)

local lost = {}
for i = 7, #ARGV, 3 do
  local member = load(ARGV[i])
  local kept = member and member[STATE] == 'on' and member[NODE] == node and member[CONNECTION] == ARGV[i + 1]
    and member[ATTEMPT] == ARGV[i + 2]
  if not kept then lost[#lost + 1] = ARGV[i] end
end
return { finish(), lost, count() }
