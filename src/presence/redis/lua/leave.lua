-- ARGV: 4 peer, 5 reason, 6 attempt or ''
prune()
local peer, attempt = ARGV[4], tonumber(ARGV[6])
local member = load(peer)
if not member then
  bury(peer)
  return false
end
if attempt and tonumber(member[ATTEMPT]) > attempt then return false end
finish_member(peer, member, ARGV[5])
return finish()
