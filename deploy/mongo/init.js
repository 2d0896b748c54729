// Makes one server a replica set and waits until it takes writes. Transactions and change streams
// need one. Run by mongosh in the service `mongo-init`; doing it again changes nothing.

const config = { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] };

function status() {
  try {
    return db.adminCommand({ hello: 1 });
  } catch (error) {
    return { error: error.message };
  }
}

if (!status().setName) {
  try {
    const reply = db.adminCommand({ replSetInitiate: config });
    if (reply.ok !== 1) throw new Error(EJSON.stringify(reply));
  } catch (error) {
    // 23: it has been initiated in the meantime.
    if (error.code !== 23) throw error;
  }
}

const patience = Date.now() + 60000;
while (!status().isWritablePrimary) {
  if (Date.now() > patience) throw new Error('no primary after 60 s');
  sleep(500);
}
print('the replica set takes writes');
