#!lua flags=allow-oom
-- Marks tags that are about to be written: instead of an epoch they hold marks, each with its end.
-- KEYS: tags…   ARGV: mark, lasting ms, most marks of one tag
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, key in ipairs(KEYS) do
  if redis.call('TYPE', key).ok ~= 'zset' then
    redis.call('DEL', key)
  end
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  -- Those that end first go where there are too many.
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - ARGV[3])
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  redis.call('PEXPIREAT', key, string.format('%.0f', last[2]))
end
return 'done'
