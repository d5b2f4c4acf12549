-- ARGV: 4 peer, 5 user, 6 name, 7 role, 8 meta, 9 node, 10 connection, 11 attempt, 12 capacity, 13 replace meta, 14 epoch,
--       15 publish, 16 chat
-- Answers {'ended'}, {'superseded'}, {'full'} or {'attached', resumed, replaced node, replaced connection, change, room}.
local PUBLISH, CHAT = 12, 13
local peer, node, connection = ARGV[4], ARGV[9], ARGV[10]
local ended_until = redis.call('ZSCORE', ENDED, peer)
if ended_until and tonumber(ended_until) > now then return { 'ended' } end

local before = load(peer)
if before then prune() end
if not before and count() >= tonumber(ARGV[12]) then return { 'full' } end

local member = { ARGV[5], ARGV[6], ARGV[7], ARGV[8], 'on', 0, node, connection, ARGV[11], now, 0, ARGV[15] or '1', ARGV[16] or '1' }
local replaced_node, replaced_connection = '', ''
if before then
  local same, held, ours = before[CONNECTION] == connection, tonumber(before[ATTEMPT]), tonumber(ARGV[11])
  if held > ours or (held == ours and not same) then return { 'superseded' } end
  if not same then replaced_node, replaced_connection = before[NODE], before[CONNECTION] end
  if ARGV[13] ~= '1' then member[META] = before[META] end
  member[ORDER] = before[ORDER]
  depart(before[NODE])
  enter(node)
  if before[STATE] == 'away' or not same or before[NODE] ~= node then event('back', peer) end
  local renamed = before[NAME] ~= member[NAME]
  if renamed or before[META] ~= member[META] then event('updated', peer, renamed and member[NAME] or '') end
  local may_publish, may_chat = before[PUBLISH] or '1', before[CHAT] or '1'
  if before[ROLE] ~= member[ROLE] or may_publish ~= member[PUBLISH] or may_chat ~= member[CHAT] then
    event('permitted', peer)
  end
else
  if epoch == '' then epoch = ARGV[14] end
  order = order + 1
  member[ORDER] = order
  enter(node)
  event('joined', peer)
end
save(peer, member)
local change = finish()
return { 'attached', before and 1 or 0, replaced_node, replaced_connection, change, redis.call('HGETALL', ROOM) }
