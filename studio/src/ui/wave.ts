/** Sounds in the browser: their shape, and as WAV files, the one kind that every model reads. */

/** The loudest sample of each of `count` equal pieces, 0..1. */
export function peaks(samples: Float32Array, count: number): number[] {
  const width = Math.max(1, Math.floor(samples.length / count));
  return Array.from({ length: Math.min(count, Math.ceil(samples.length / width)) }, (_, index) => {
    let most = 0;
    for (let at = index * width; at < Math.min(samples.length, (index + 1) * width); at += 1) most = Math.max(most, Math.abs(samples[at] ?? 0));
    return Math.min(1, most);
  });
}

/** A WAV file with 16 bits. */
export function toWave(channels: Float32Array[], sampleRate: number): ArrayBuffer {
  const length = channels[0]?.length ?? 0;
  const bytes = length * channels.length * 2;
  const buffer = new ArrayBuffer(44 + bytes);
  const view = new DataView(buffer);
  const write = (at: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) view.setUint8(at + index, text.charCodeAt(index));
  };
  write(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels.length * 2, true);
  view.setUint16(32, channels.length * 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, bytes, true);
  let at = 44;
  for (let index = 0; index < length; index += 1) {
    for (const channel of channels) {
      view.setInt16(at, Math.max(-32768, Math.min(32767, Math.round((channel[index] ?? 0) * 32768))), true);
      at += 2;
    }
  }
  return buffer;
}

/** Decode any sound that this browser knows. */
export async function decode(data: ArrayBuffer): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, 48_000);
  return context.decodeAudioData(data);
}

/** The sound of a file as a WAV file; one that is WAV already stays as it is. */
export async function asWaveFile(file: File): Promise<File> {
  if (file.name.toLowerCase().endsWith(".wav")) return file;
  const sound = await decode(await file.arrayBuffer());
  const channels = Array.from({ length: Math.min(2, sound.numberOfChannels) }, (_, index) => sound.getChannelData(index));
  return new File([toWave(channels, sound.sampleRate)], file.name.replace(/\.[^.]*$/, "") + ".wav", { type: "audio/wav" });
}
