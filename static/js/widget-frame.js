// For pages that embed the widget: gives each of its frames the height that it asks for.
(function () {
  "use strict";
  var own = new URL(document.currentScript.src);
  var lowest = 100;
  var highest = 5000;

  function isWidget(frame) {
    var address = new URL(frame.src, document.baseURI);
    return address.origin === own.origin && address.pathname === own.pathname.replace(/\/[^/]*$/, "");
  }

  window.addEventListener("message", function (event) {
    var said = event.data;
    if (event.origin !== own.origin || !said || said.type !== "map-of-support:height") return;
    if (!Number.isFinite(said.height)) return;
    Array.prototype.forEach.call(document.querySelectorAll("iframe[src]"), function (frame) {
      if (frame.contentWindow !== event.source || !isWidget(frame)) return;
      frame.height = String(Math.min(highest, Math.max(lowest, Math.ceil(said.height))));
    });
  });
})();
