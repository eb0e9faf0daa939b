// Loaded before a gateway that would listen on every address: here it listens
// on the loopback alone.
const { Server } = require("node:net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (where, ...rest) {
  if (typeof where === "object" && where !== null) return listen.call(this, { ...where, host: "127.0.0.1" }, ...rest);
  if (typeof rest[0] === "string") rest.shift();
  return listen.call(this, where, "127.0.0.1", ...rest);
};
