#!lua flags=allow-oom
-- Gives tags a fresh epoch, which ends every entry of theirs; takes a mark away. A tag that others
-- have marks on stays in doubt.
-- KEYS: tags…   ARGV: mark or '', a fresh epoch, tag ms, channel, message
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, key in ipairs(KEYS) do
  local marks = 0
  if redis.call('TYPE', key).ok == 'zset' then
    redis.call('ZREM', key, ARGV[1])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    marks = redis.call('ZCARD', key)
  end
  if marks == 0 then
    redis.call('SET', key, ARGV[2], 'PX', ARGV[3])
  else
    local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
    redis.call('PEXPIREAT', key, string.format('%.0f', last[2]))
  end
end
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 'done'
