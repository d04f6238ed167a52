// A checkout never downloads a browser: the PDF uses one that is installed, or the one inside @sparticuz/chromium.
module.exports = { skipDownload: true };
