/** The looks of a drawn person. Colours are CSS. */
export interface Looks {
  readonly skin: string;
  readonly hair: string;
  readonly clothes: string;
  readonly wall: readonly [string, string];
  readonly long: boolean;
}

export const LOOKS = {
  Ada: { skin: '#f2c6a5', hair: '#3b2417', clothes: '#d63a3c', wall: ['#cfe3ef', '#8fb8d1'], long: true },
  Bela: { skin: '#c98a5e', hair: '#1d1512', clothes: '#f2efe6', wall: ['#f3e2c7', '#d9b98a'], long: false },
} as const satisfies Record<string, Looks>;

/**
 * Runs in the page, before its own scripts: the camera shows a drawn person who moves a little, talks and blinks, so
 * that pictures of a call show people. What is sent is a real video track of 25 frames a second.
 */
export const drawPerson = (looks: Looks): void => {
  const WIDTH = 1280;
  const HEIGHT = 720;

  const shape = (pen: CanvasRenderingContext2D, colour: string, path: () => void): void => {
    pen.fillStyle = colour;
    pen.beginPath();
    path();
    pen.fill();
  };
  const oval = (pen: CanvasRenderingContext2D, colour: string, x: number, y: number, rx: number, ry: number): void =>
    shape(pen, colour, () => pen.ellipse(x, y, rx, ry, 0, 0, 7));

  const room = (pen: CanvasRenderingContext2D): void => {
    const light = pen.createLinearGradient(0, 0, WIDTH, HEIGHT);
    light.addColorStop(0, looks.wall[0]);
    light.addColorStop(1, looks.wall[1]);
    pen.fillStyle = light;
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    for (const y of [170, 340]) {
      pen.fillStyle = '#8a5a33';
      pen.fillRect(890, y, 350, 12);
      for (const [n, colour] of ['#1f4fae', '#d63a3c', '#f8c630', '#2f6f5e', '#fbfaf6', '#182230'].entries()) {
        pen.fillStyle = colour;
        pen.fillRect(905 + n * 40, y - 70 - ((n * 37) % 40), 30, 70 + ((n * 37) % 40));
      }
    }
  };

  const body = (pen: CanvasRenderingContext2D, x: number, y: number): void => {
    if (looks.long) oval(pen, looks.hair, x, y + 60, 178, 240);
    shape(pen, looks.clothes, () => {
      pen.moveTo(x - 330, HEIGHT + 10);
      pen.bezierCurveTo(x - 320, y + 250, x - 150, y + 235, x - 70, y + 205);
      pen.lineTo(x + 70, y + 205);
      pen.bezierCurveTo(x + 150, y + 235, x + 320, y + 250, x + 330, HEIGHT + 10);
    });
    pen.fillStyle = looks.skin;
    pen.fillRect(x - 58, y + 90, 116, 120);
    oval(pen, looks.skin, x, y + 208, 58, 34);
    oval(pen, 'rgba(0,0,0,.10)', x, y + 128, 84, 46);
  };

  const face = (pen: CanvasRenderingContext2D, x: number, y: number, t: number): void => {
    oval(pen, looks.skin, x, y, 132, 164);
    for (const side of [-1, 1]) oval(pen, looks.skin, x + side * 134, y + 8, 20, 32);
    shape(pen, looks.hair, () => {
      pen.moveTo(x - 142, y + 6);
      pen.bezierCurveTo(x - 170, y - 220, x + 170, y - 220, x + 142, y + 6);
      pen.bezierCurveTo(x + 120, y - 90, x + 60, y - 108, x - 30, y - 96);
      pen.bezierCurveTo(x - 90, y - 88, x - 124, y - 60, x - 142, y + 6);
    });
    const lids = t % 3900 < 130 ? 2 : 13;
    for (const side of [-1, 1]) {
      oval(pen, '#fff', x + side * 50, y - 4, 21, lids + 2);
      oval(pen, '#22303f', x + side * 50 + Math.sin(t / 2900) * 3, y - 3, 11, lids);
      pen.strokeStyle = looks.hair;
      pen.lineWidth = 9;
      pen.lineCap = 'round';
      pen.beginPath();
      pen.moveTo(x + side * 28, y - 40);
      pen.quadraticCurveTo(x + side * 52, y - 54, x + side * 76, y - 38);
      pen.stroke();
    }
    const open = 8 + 12 * Math.abs(Math.sin(t / 210));
    shape(pen, '#8c2f33', () => {
      pen.moveTo(x - 46, y + 78);
      pen.quadraticCurveTo(x, y + 92 + open, x + 46, y + 78);
      pen.quadraticCurveTo(x, y + 86 + open * 0.2, x - 46, y + 78);
    });
  };

  const camera = (): MediaStreamTrack => {
    const canvas = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT });
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const draw = (): void => {
      const t = performance.now();
      const x = WIDTH / 2 + Math.sin(t / 1700) * 8;
      const y = HEIGHT * 0.46 + Math.sin(t / 1100) * 5;
      room(pen);
      body(pen, x, y);
      face(pen, x, y, t);
    };
    draw();
    setInterval(draw, 40);
    return canvas.captureStream(25).getVideoTracks()[0] as MediaStreamTrack;
  };

  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await original(wanted);
    for (const track of stream.getVideoTracks()) {
      track.stop();
      stream.removeTrack(track);
      stream.addTrack(camera());
    }
    return stream;
  };
};
