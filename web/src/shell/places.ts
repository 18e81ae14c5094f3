// The pages and their names, for the navigation, the palette and the shortcuts.
import {
  Activity,
  FolderGit2,
  GraduationCap,
  KanbanSquare,
  MessageCircleQuestion,
  Settings,
  Upload,
} from 'lucide-react';

/** `short` is a part of `title`, so that speech input matches the visible label. */
export const places = [
  { to: '/work-orders', title: 'Work Orders', short: 'Work', key: 'w', icon: KanbanSquare },
  { to: '/escalations', title: 'Escalations', short: 'Escalations', key: 'e', icon: MessageCircleQuestion },
  { to: '/specs', title: 'Upload Spec', short: 'Upload', key: 'u', icon: Upload },
  { to: '/monitoring', title: 'Monitoring', short: 'Monitor', key: 'm', icon: Activity },
  { to: '/learning', title: 'Learning', short: 'Learning', key: 'l', icon: GraduationCap },
  { to: '/projects', title: 'Projects', short: 'Projects', key: 'p', icon: FolderGit2 },
  { to: '/settings', title: 'Settings', short: 'Settings', key: 's', icon: Settings },
] as const;
