-- ARGV: 4 peer, 5 user, 6 name, 7 role, 8 meta, 9 node, 10 connection, 11 attempt, 12 capacity, 13 replace meta,
--       14 epoch, 15 publish, 16 chat, 17 '1': only users with a peer in the room, 18 maximum of peers per user, or ''
-- Returns {'ended'}, {'superseded'}, {'locked'}, {'full'}, {'user_full'}
-- or {'attached', resumed, replaced node, replaced connection, change, room}.
local PUBLISH, CHAT = 12, 13
local peer, node, connection = ARGV[4], ARGV[9], ARGV[10]
local ended_until = redis.call('ZSCORE', ENDED, peer)
if ended_until and tonumber(ended_until) > now then return { 'ended' } end

-- Decides whether a peer that is not in the room may join. Returns the reason of a refusal; or nil, and the peer of the
-- same user to end first: the one that has been away longest. Members are JSON arrays that begin with the user, so
-- members of other users are not decoded.
local function refusal_of(user, capacity, returning_only, per_user)
  local prefix, own, oldest = '[' .. cjson.encode(user) .. ',', 0, nil
  local fields = redis.call('HGETALL', ROOM)
  for i = 1, #fields, 2 do
    local text = fields[i + 1]
    if string.sub(fields[i], 1, 2) == 'm:' and string.sub(text, 1, #prefix) == prefix then
      own = own + 1
      local member = cjson.decode(text)
      local wait = oldest and member[DEADLINE] - oldest.member[DEADLINE] or -1
      if member[STATE] == 'away' and (wait < 0 or wait == 0 and member[ORDER] < oldest.member[ORDER]) then
        oldest = { peer = string.sub(fields[i], 3), member = member }
      end
    end
  end
  if returning_only and own == 0 then return 'locked' end
  local is_user_full = per_user ~= nil and own >= per_user
  if not is_user_full and count() < capacity then return nil end
  if oldest then return nil, oldest end
  return is_user_full and 'user_full' or 'full'
end

local before, replaces = load(peer), nil
if before then
  prune()
else
  local refusal
  refusal, replaces = refusal_of(ARGV[5], tonumber(ARGV[12]), ARGV[17] == '1', tonumber(ARGV[18]))
  if refusal then return { refusal } end
end

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
  if replaces then finish_member(replaces.peer, replaces.member, 'expired') end
  order = order + 1
  member[ORDER] = order
  enter(node)
  event('joined', peer)
end
save(peer, member)
local change = finish()
return { 'attached', before and 1 or 0, replaced_node, replaced_connection, change, redis.call('HGETALL', ROOM) }
