import type { ReactNode } from "react";
import { Component } from "react";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/empty";

interface Props {
  children: ReactNode;
}

/** Catches what goes wrong in the studio's own code, so that the rest of the page stays. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Empty title="Something in the studio broke" actions={<Button look="main" onClick={() => { window.location.reload(); }}>Load the page again</Button>}>
        {error.message} Nothing that was made is lost.
      </Empty>
    );
  }
}
