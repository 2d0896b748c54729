// The server's own user: its database and nothing else. The image's entry point runs this once, on
// an empty data folder. dbAdmin, because the server keeps its collections' rules up to date.

db.getSiblingDB('admin').createUser({
  user: 'gacp',
  pwd: process.env.MONGO_GACP_PASSWORD,
  roles: [
    { role: 'readWrite', db: 'gacp' },
    { role: 'dbAdmin', db: 'gacp' },
  ],
});
