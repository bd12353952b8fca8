// The treadmill's sounds and its whole screen. Web Audio makes two short tones: no file is loaded.
(() => {
  const setting = { on: false, kind: "rising", volume: 0.6 };
  let air = null; // the AudioContext: made when somebody presses, as browsers ask
  let heard = null; // how many cues of the session on show were given
  let awake = null;

  const tone = () => {
    if (!air) return;
    const start = air.currentTime + 0.02;
    const lasts = 0.35;
    const pitch = air.createOscillator();
    const loudness = air.createGain();
    pitch.frequency.setValueAtTime(660, start);
    if (setting.kind === "rising") pitch.frequency.exponentialRampToValueAtTime(1180, start + lasts);
    // Fading in and out: without it a tone clicks.
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(setting.volume, start + 0.01);
    loudness.gain.setValueAtTime(setting.volume, start + lasts - 0.03);
    loudness.gain.linearRampToValueAtTime(0, start + lasts);
    pitch.connect(loudness).connect(air.destination);
    pitch.start(start);
    pitch.stop(start + lasts);
    document.documentElement.dataset.restrideTones = String(1 + Number(document.documentElement.dataset.restrideTones || 0));
  };

  const stayAwake = async (wanted) => {
    if (!wanted) {
      if (awake) await awake.release();
      awake = null;
    } else if (!awake && "wakeLock" in navigator) {
      awake = await navigator.wakeLock.request("screen").catch(() => null);
    }
  };

  const fillRoom = (wanted) => {
    document.documentElement.classList.toggle("treadmill-fills", wanted);
    stayAwake(wanted);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") fillRoom(false);
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement) fillRoom(false);
  });
  window.addEventListener("popstate", () => fillRoom(false));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.restride_live = {
    sound: (on, kind, volume) => {
      const asked = (on && !setting.on) || (on && setting.kind !== kind) || (on && setting.volume !== volume / 100);
      Object.assign(setting, { on: Boolean(on), kind, volume: volume / 100 });
      if (!asked) return;
      air = air || new AudioContext();
      air.resume().then(tone); // to be heard once, so that one knows it works
    },
    cue: (counts) => {
      const told = counts.length && counts[0] ? Number(counts[0]) : null;
      if (setting.on && told !== null && heard !== null && told > heard) tone();
      heard = told;
    },
    fill: (presses) => {
      if (!presses) return;
      const wanted = !document.documentElement.classList.contains("treadmill-fills");
      fillRoom(wanted);
      // A telephone may have no full screen: filling the window is what is left.
      if (wanted && document.documentElement.requestFullscreen) {
        document.documentElement.requestFullscreen().catch(() => {});
      } else if (!wanted && document.fullscreenElement) {
        document.exitFullscreen();
      }
    },
  };
})();
