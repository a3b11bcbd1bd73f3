// Content scripts cannot be ES modules; this one only fetches the module that does the work.
import(chrome.runtime.getURL("content/main.js")).then((main) => main.start());
