#!lua
-- Gives the right to fill a key, with what its tags are.
-- KEYS: entry, lease, tags…   ARGV: token, lease ms, tag ms, a fresh epoch
-- Returns 'leased', the epochs one after the other, and whether a valid entry is there; or 'taken';
-- or 'doubt'.
local epochs = {}
for i = 3, #KEYS do
  local epoch = redis.pcall('GET', KEYS[i])
  if type(epoch) == 'table' then
    return {'doubt', '', 0} -- it holds marks, and no epoch
  end
  if epoch then
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
  else
    epoch = ARGV[4]
    redis.call('SET', KEYS[i], epoch, 'PX', ARGV[3])
  end
  epochs[#epochs + 1] = epoch
end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {'taken', '', 0}
end
local all = table.concat(epochs)
local filled = redis.call('GETRANGE', KEYS[1], 0, #all - 1) == all
return {'leased', all, filled and 1 or 0}
