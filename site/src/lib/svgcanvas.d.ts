/** svgcanvas has no types of its own. This is what export.ts uses of it. */
declare module 'svgcanvas' {
  export const Context: new (size: {
    width: number;
    height: number;
  }) => CanvasRenderingContext2D & { getSvg(): SVGSVGElement };
}
