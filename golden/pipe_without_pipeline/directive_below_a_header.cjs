/*\
title: $:/core/x.js
type: application/javascript
\*/
"use strict";

exports.method = "GET";
exports.handler = function(request,response,state) {
	var fs = require("fs");
	var stream = fs.createReadStream(state.path);
	stream.pipe(response);
};
