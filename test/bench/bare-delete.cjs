// The least that a Node script needs to send one DELETE and read the answer.
const http = require("node:http");

const body = process.argv[3] ?? "";
const request = http.request(
  process.env.TFE_ADDRESS + process.argv[2],
  {
    method: "DELETE",
    headers: {
      authorization: `Bearer ${process.env.TFE_TOKEN}`,
      "content-type": "application/vnd.api+json",
      "content-length": Buffer.byteLength(body),
    },
  },
  (answer) => {
    answer.resume();
    answer.on("end", () => {
      process.exitCode = answer.statusCode === 204 ? 0 : 1;
    });
  },
);
request.end(body);
