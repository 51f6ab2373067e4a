/** What the panel uses of svgcanvas, which comes without types. */
declare module "svgcanvas" {
  interface Context extends CanvasRenderingContext2D {
    /** `entities`: named ones as numbers, as SVG knows only those of XML. */
    getSerializedSvg(entities?: boolean): string;
  }
  export const Context: new (width: number, height: number) => Context;
}
